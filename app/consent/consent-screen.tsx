'use client';

import { CircleCheck, Link2Off, Lock } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '#app/data/api-error.ts';
import { useConsent } from '#app/data/use-consent.ts';
import { LinkWords } from '#app/shell/link-words.tsx';
import { hasToSignIn, useSignedIn } from '#app/shell/use-signed-in.ts';
import { ErrorState } from '#app/ui/error-state.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { ConsentForm } from './consent-form.tsx';
import { SignedInAs } from './signed-in-as.tsx';

/** What an app asks for, to answer; or why there is nothing to answer. Who is not signed in does that first. */
export function ConsentScreen({ request }: { request: string }) {
  const consent = useConsent(request);
  const [left, setLeft] = useState<'allowed' | 'refused' | null>(null);
  useSignedIn(consent.error);

  if (left) {
    return (
      <LinkWords icon={CircleCheck} title={left === 'allowed' ? 'Connected' : 'Not connected'}>
        {left === 'allowed'
          ? 'The app has what it needs. Go back to it; you can close this page.'
          : 'The app was told that you did not want it. You can close this page.'}
      </LinkWords>
    );
  }
  if (request === '') {
    return (
      <LinkWords icon={Link2Off} title="There is nothing to answer here">
        Start in the app that you want to connect: add the address of a project there.
      </LinkWords>
    );
  }
  const { error, data } = consent;
  if (hasToSignIn(error)) {
    return <LoadingState>Going to sign in</LoadingState>;
  }
  if (error instanceof ApiError && [400, 403, 409, 410].includes(error.status)) {
    return (
      <LinkWords icon={Link2Off} title="There is nothing to answer here">
        {error.message}
      </LinkWords>
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
        <LinkWords icon={Lock} title="You have no access here">
          {data.client.name} asks for a project that is not there, or that you are no member of. Ask whoever
          gave you the address to add you, or go on as somebody else.
        </LinkWords>
        <SignedInAs person={data.person} />
      </div>
    );
  }
  return <ConsentForm request={request} consent={{ ...data, project: data.project }} onLeft={setLeft} />;
}
