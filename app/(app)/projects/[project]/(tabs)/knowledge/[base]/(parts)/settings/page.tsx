import type { Metadata } from 'next';
import { BaseSettingsScreen } from '#app/knowledge/base-settings-screen.tsx';

export const metadata: Metadata = { title: 'Knowledge settings' };

export default function BaseSettingsPage() {
  return <BaseSettingsScreen />;
}
