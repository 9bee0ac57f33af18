'use client';

import { CircleCheck, Link2Off, Lock, type LucideIcon } from 'lucide-react';
import { usePathname, useRouter } from 'next/navigation';
import { type ReactNode, useEffect, useState } from 'react';
import { ApiError } from '#app/data/api-error.ts';
import { useConsent } from '#app/data/use-consent.ts';
import { ErrorState } from '#app/ui/error-state.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { ConsentForm } from './consent-form.tsx';
import { SignedInAs } from './signed-in-as.tsx';

/** What an app asks for, to answer; or why there is nothing to answer. Who is not signed in does that first. */
export function ConsentScreen({ request }: { request: string }) {
  const consent = useConsent(request);
  const [left, setLeft] = useState<'allowed' | 'refused' | null>(null);
  useWayBack(consent.error, request);

  if (left) {
    return (
      <Words icon={CircleCheck} title={left === 'allowed' ? 'Connected' : 'Not connected'}>
        {left === 'allowed'
          ? 'The app has what it needs. Go back to it; you can close this page.'
          : 'The app was told that you did not want it. You can close this page.'}
      </Words>
    );
  }
  if (request === '') {
    return (
      <Words icon={Link2Off} title="There is nothing to answer here">
        Start in the app that you want to connect: add the address of a project there.
      </Words>
    );
  }
  const { error, data } = consent;
  if (error instanceof ApiError && [401, 403].includes(error.status) && isOnTheWay(error)) {
    return <LoadingState>Going to sign in</LoadingState>;
  }
  if (error instanceof ApiError && [400, 403, 409, 410].includes(error.status)) {
    return (
      <Words icon={Link2Off} title="There is nothing to answer here">
        {error.message}
      </Words>
    );
  }
  if (error) {
    return (
      <ErrorState
        title="The request of the app could not be loaded"
        error={error}
        onRetry={() => void consent.refetch()}
      />
    );
  }
  if (!data) return <LoadingState>Loading what the app asks for</LoadingState>;
  if (!data.project) {
    return (
      <div className="flex flex-col gap-4">
        <Words icon={Lock} title="You have no access here">
          {data.client.name} asks for a project that is not there, or that you are no member of. Ask whoever
          gave you the address to add you, or go on as somebody else.
        </Words>
        <SignedInAs person={data.person} />
      </div>
    );
  }
  return <ConsentForm request={request} consent={{ ...data, project: data.project }} onLeft={setLeft} />;
}

/** Nobody is signed in, or there is something that person has to set up first. */
function isOnTheWay(error: ApiError): boolean {
  return error.status === 401 || error.details['reason'] === 'two_factor';
}

/** Sends whoever has to sign in there, and from there back here. */
function useWayBack(error: Error | null, request: string): void {
  const router = useRouter();
  const path = usePathname();
  useEffect(() => {
    if (!(error instanceof ApiError) || !isOnTheWay(error)) return;
    const next = encodeURIComponent(`${path}?request=${encodeURIComponent(request)}`);
    router.replace(`/${error.status === 401 ? 'sign-in' : 'two-factor'}?next=${next}`);
  }, [error, path, request, router]);
}

function Words({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children: ReactNode }) {
  return (
    <div role="status" className="flex flex-col items-start gap-2">
      <Icon aria-hidden className="size-6 text-muted" strokeWidth={1.5} />
      <h1 className="font-semibold text-20">{title}</h1>
      <p className="text-14 text-muted">{children}</p>
    </div>
  );
}
