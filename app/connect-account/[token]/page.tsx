import type { Metadata } from 'next';
import { ConnectAccountScreen } from './connect-account-screen.tsx';

export const metadata: Metadata = { title: 'Connect an account', robots: { index: false, follow: false } };

export default async function ConnectAccountPage({ params }: { params: Promise<{ token: string }> }) {
  return <ConnectAccountScreen token={decodeURIComponent((await params).token)} />;
}
