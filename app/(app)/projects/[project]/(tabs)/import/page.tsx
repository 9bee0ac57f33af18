import type { Metadata } from 'next';
import { ImportScreen } from '#app/apis/import-screen.tsx';

export const metadata: Metadata = { title: 'Import an API' };

export default async function ImportPage({ params }: { params: Promise<{ project: string }> }) {
  return <ImportScreen project={(await params).project} />;
}
