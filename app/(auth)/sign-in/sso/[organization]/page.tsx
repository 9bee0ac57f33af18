import type { Metadata } from 'next';
import { SignOnForm } from './sign-on-form.tsx';

export const metadata: Metadata = { title: 'Single sign-on' };

interface Props {
  params: Promise<{ organization: string }>;
  searchParams: Promise<{ next?: string | string[] }>;
}

export default async function SignOnPage({ params, searchParams }: Props) {
  const [{ organization }, { next }] = await Promise.all([params, searchParams]);
  return <SignOnForm organization={organization} next={Array.isArray(next) ? next[0] : next} />;
}
