import type { Metadata } from 'next';
import { SearchScreen } from '#app/knowledge/search-screen.tsx';

export const metadata: Metadata = { title: 'Search' };

export default function SearchPage() {
  return <SearchScreen />;
}
