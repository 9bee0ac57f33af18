'use client';

import { useState } from 'react';
import type { SignInSettings } from '#app/data/sign-in-types.ts';
import { useSession } from '#app/data/use-session.ts';
import { useRequireTwoFactor, useSignInSettings } from '#app/data/use-sign-in-settings.ts';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { ConfirmDialog } from '#app/ui/confirm-dialog.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { Switch } from '#app/ui/switch.tsx';
import { toast } from '#app/ui/toast.ts';
import { SingleSignOnSection } from './single-sign-on-section.tsx';

/** How members of the organization sign in. */
export function SignInSettingsScreen() {
  const session = useSession();
  return (
    <PageBody title="Signing in" description="How members of this organization prove who they are.">
      {session.data?.role === 'owner' ? (
        <Settings />
      ) : (
        <p className="text-13 text-muted">Owners set how members sign in. Ask one of them.</p>
      )}
    </PageBody>
  );
}

function Settings() {
  const settings = useSignInSettings();
  return (
    <QueryView query={settings} what="how members sign in">
      {(view) => (
        <>
          <TwoFactorSection settings={view} />
          <SingleSignOnSection key={view.singleSignOn?.issuer ?? 'none'} settings={view} />
        </>
      )}
    </QueryView>
  );
}

function TwoFactorSection({ settings }: { settings: SignInSettings }) {
  const ask = useRequireTwoFactor();
  const [asking, setAsking] = useState(false);
  const set = (required: boolean) =>
    ask.mutate(required, {
      onSuccess: () => {
        setAsking(false);
        toast.success(required ? 'Members need two-factor now' : 'Two-factor is each member’s choice now');
      },
      onError: (error) => toast.error(error.message),
    });
  return (
    <Section title="Two-factor" description="For everybody who signs in with a password.">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch is inside */}
      <label className="flex items-center gap-2 p-4 text-13">
        <Switch
          checked={settings.requireTwoFactor}
          disabled={ask.isPending}
          onCheckedChange={(checked) => (checked ? setAsking(true) : set(false))}
        />
        Require two-factor
      </label>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Require two-factor?"
        description="Members without it are led to set it up at their next request, before they can do anything else; you too. Connected programs and API keys go on as they are."
        action="Require two-factor"
        busy={ask.isPending}
        onConfirm={() => set(true)}
      />
    </Section>
  );
}
