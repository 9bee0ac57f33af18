import type { Metadata } from 'next';
import { ConsentScreen } from './consent-screen.tsx';

export const metadata: Metadata = { title: 'Connect an app', robots: { index: false, follow: false } };

export default async function ConsentPage({
  searchParams,
}: {
  searchParams: Promise<{ request?: string | string[] }>;
}) {
  const { request } = await searchParams;
  return <ConsentScreen request={typeof request === 'string' ? request : ''} />;
}
