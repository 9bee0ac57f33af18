'use client';

import { useState } from 'react';
import type { Template } from '#app/data/types.ts';
import { useWithdrawTemplate } from '#app/data/use-shared.ts';
import { Button } from '#app/ui/button.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';

/** Takes back what was shared. */
export function Withdraw({ template }: { template: Template }) {
  const withdraw = useWithdrawTemplate();
  const [asked, setAsked] = useState<string | null>(null);
  return (
    <>
      <Button onClick={() => setAsked(template.id)}>Withdraw</Button>
      <ConfirmMutation
        mutation={withdraw}
        variables={asked}
        onClose={() => setAsked(null)}
        title={`Withdraw the template ${template.title}?`}
        description="It is gone from this list. What was made of it stays."
        action="Withdraw template"
      />
    </>
  );
}
