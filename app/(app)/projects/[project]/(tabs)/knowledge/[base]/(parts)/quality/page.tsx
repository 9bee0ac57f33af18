import type { Metadata } from 'next';
import { QualityScreen } from '#app/knowledge/quality-screen.tsx';

export const metadata: Metadata = { title: 'Quality' };

export default function QualityPage() {
  return <QualityScreen />;
}
