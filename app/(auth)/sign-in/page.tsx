import type { Metadata } from 'next';
import { refusalWords } from './refusal-words.ts';
import { SignInScreen } from './sign-in-screen.tsx';

export const metadata: Metadata = { title: 'Sign in' };

interface Query {
  next?: string | string[];
  refused?: string | string[];
}

const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

export default async function SignInPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { next, refused } = await searchParams;
  return <SignInScreen next={one(next)} refused={refusalWords(one(refused))} />;
}
