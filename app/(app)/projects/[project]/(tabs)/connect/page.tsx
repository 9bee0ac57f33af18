import type { Metadata } from 'next';
import { ConnectScreen } from './connect-screen.tsx';

export const metadata: Metadata = { title: 'Connect' };

export default async function ConnectPage({ params }: { params: Promise<{ project: string }> }) {
  return <ConnectScreen slug={(await params).project} />;
}
