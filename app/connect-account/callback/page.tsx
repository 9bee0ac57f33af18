import type { Metadata } from 'next';
import { CallbackScreen } from './callback-screen.tsx';

export const metadata: Metadata = { title: 'Connect an account', robots: { index: false, follow: false } };

type Query = Record<string, string | string[] | undefined>;

export default async function CallbackPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { state, code, error } = await searchParams;
  return <CallbackScreen state={textOf(state) ?? ''} code={textOf(code)} error={textOf(error)} />;
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
