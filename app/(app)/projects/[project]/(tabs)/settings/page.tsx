import type { Metadata } from 'next';
import { SettingsScreen } from './settings-screen.tsx';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage({ params }: { params: Promise<{ project: string }> }) {
  return <SettingsScreen slug={(await params).project} />;
}
