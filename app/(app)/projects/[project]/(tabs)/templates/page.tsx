import type { Metadata } from 'next';
import { Suspense } from 'react';
import { TemplateGallery } from '#app/templates/template-gallery.tsx';

export const metadata: Metadata = { title: 'Templates' };

export default async function TemplatesPage({ params }: { params: Promise<{ project: string }> }) {
  // What is chosen stands in the address.
  return (
    <Suspense>
      <TemplateGallery project={(await params).project} />
    </Suspense>
  );
}
