import type { Metadata } from 'next';
import { HelpScreen } from './help-screen.tsx';

export const metadata: Metadata = { title: 'Help' };

export default function HelpPage() {
  return <HelpScreen />;
}
