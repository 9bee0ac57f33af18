import type { Metadata } from 'next';
import { DocumentsScreen } from '#app/knowledge/documents-screen.tsx';

export const metadata: Metadata = { title: 'Documents' };

export default function DocumentsPage() {
  return <DocumentsScreen />;
}
