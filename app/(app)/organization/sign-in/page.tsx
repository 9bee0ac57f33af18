import type { Metadata } from 'next';
import { SignInSettingsScreen } from './sign-in-settings-screen.tsx';

export const metadata: Metadata = { title: 'Signing in' };

export default function SignInSettingsPage() {
  return <SignInSettingsScreen />;
}
