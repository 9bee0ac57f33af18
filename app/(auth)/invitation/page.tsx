import type { Metadata } from 'next';
import { InvitationScreen } from './invitation-screen.tsx';

export const metadata: Metadata = { title: 'Invitation' };

export default function InvitationPage() {
  return <InvitationScreen />;
}
