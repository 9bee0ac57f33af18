import type { ReactNode } from 'react';
import { OrganizationHeader } from './organization-header.tsx';

export default function OrganizationLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <OrganizationHeader />
      {children}
    </>
  );
}
