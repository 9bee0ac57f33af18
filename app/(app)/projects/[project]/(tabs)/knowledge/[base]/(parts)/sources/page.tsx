import type { Metadata } from 'next';
import { SourcesScreen } from '#app/knowledge/sources-screen.tsx';

export const metadata: Metadata = { title: 'Sources' };

export default function SourcesPage() {
  return <SourcesScreen />;
}
