import type { Metadata } from 'next';
import { BaseList } from './base-list.tsx';

export const metadata: Metadata = { title: 'Knowledge' };

export default async function KnowledgePage({ params }: { params: Promise<{ project: string }> }) {
  return <BaseList project={(await params).project} />;
}
