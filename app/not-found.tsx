import Link from 'next/link';
import { Button } from '#app/ui/button.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState
        title="There is nothing at this address"
        action={
          <Button asChild>
            <Link href="/projects">Go to projects</Link>
          </Button>
        }
      >
        It may have been deleted or renamed, or the link is not complete.
      </EmptyState>
    </main>
  );
}
