import type { Metadata } from 'next';
import { RequiredTwoFactor } from './required-two-factor.tsx';

export const metadata: Metadata = { title: 'Set up two-factor' };

export default async function TwoFactorPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>;
}) {
  const { next } = await searchParams;
  return <RequiredTwoFactor next={Array.isArray(next) ? next[0] : next} />;
}
