'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useSetup } from '#app/data/use-setup.ts';
import type { SecondStep } from '#app/data/use-sign-in.ts';
import { safePath } from '#app/shell/safe-path.ts';
import { SecondStepForm } from './second-step-form.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Password, and a second step where one is asked for. `refused`: why the identity provider's word was not enough. */
export function SignInScreen({ next, refused }: { next: string | undefined; refused: string | null }) {
  const router = useRouter();
  const setup = useSetup();
  const [second, setSecond] = useState<SecondStep | null>(null);

  useEffect(() => {
    if (setup.data?.needed) router.replace('/setup');
  }, [setup.data, router]);

  const goOn = () => router.replace(safePath(next));
  if (second) return <SecondStepForm step={second} onDone={goOn} onAgain={() => setSecond(null)} />;
  return <SignInForm next={next} refused={refused} onDone={goOn} onSecond={setSecond} />;
}
