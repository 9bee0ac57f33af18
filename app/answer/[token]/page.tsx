import type { Metadata } from 'next';
import { AnswerScreen } from './answer-screen.tsx';

export const metadata: Metadata = { title: 'A question', robots: { index: false, follow: false } };

export default async function AnswerPage({ params }: { params: Promise<{ token: string }> }) {
  return <AnswerScreen token={decodeURIComponent((await params).token)} />;
}
