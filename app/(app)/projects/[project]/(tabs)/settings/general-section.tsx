'use client';

import { useState } from 'react';
import { AccessField } from '#app/connect/access-field.tsx';
import type { Project } from '#app/data/types.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { useUpdateProject } from '#app/data/use-update-project.ts';
import { IconField } from '#app/form/icon-field.tsx';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Changeable } from '#app/ui/changeable.tsx';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { count, number } from '#app/ui/quantity.ts';
import { TextField } from '#app/ui/text-field.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import { toast } from '#app/ui/toast.ts';
import { PROJECT_ICON_BYTES } from '#lib/workflow/icon.ts';
import { tokenCost } from '#lib/workflow/token-cost.ts';

const MOST_INSTRUCTIONS = 20_000;
/** Of English and of JSON; what is written in other scripts has more tokens. */
const CHARACTERS_PER_TOKEN = 4;

/** Name and icon, who may call, what the model is told and shown, and how much runs in the background. */
export function GeneralSection({ project }: { project: Project }) {
  const refusal = useRefusal('editor');
  const update = useUpdateProject(project.slug);
  const [name, setName] = useState(project.name);
  const [access, setAccess] = useState(project.access);
  const [instructions, setInstructions] = useState(project.instructions);
  const [concurrency, setConcurrency] = useState(String(project.concurrency));
  const [icon, setIcon] = useState(project.icon);
  const [budget, setBudget] = useState(String(project.resultBudget));
  const changed =
    name !== project.name ||
    access !== project.access ||
    instructions !== project.instructions ||
    icon !== project.icon ||
    Number(budget) !== project.resultBudget ||
    Number(concurrency) !== project.concurrency;
  return (
    <Section id="general" title="General">
      <form
        className="flex max-w-160 flex-col gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate(
            {
              name,
              access,
              instructions,
              concurrency: Number(concurrency),
              icon,
              resultBudget: Number(budget),
            },
            { onSuccess: () => toast.success('Saved') },
          );
        }}
      >
        <Changeable refusal={refusal}>
          <TextField label="Name" required maxLength={120} value={name} onValueChange={setName} />
          <IconField
            description="Shown by clients beside the name: the https address of an image, or an image of 48 KB at most."
            value={icon}
            mostBytes={PROJECT_ICON_BYTES}
            onChange={setIcon}
          />
          <AccessField value={access} onValueChange={setAccess} />
          {access === 'public' && project.access !== 'public' && (
            <FieldMessage
              severity="warning"
              message="From saving on, anybody who has the address can run these workflows."
            />
          )}
          {access !== project.access && access !== 'public' && (
            <FieldMessage severity="warning" message={LOST[access]} />
          )}
          <Field
            label="Instructions"
            optional
            description="Told to the model when a client connects. Some clients read the first 512 characters only."
            aside={instructions !== '' && <Size text={instructions} />}
          >
            {(ids) => (
              <Textarea
                {...ids}
                maxLength={MOST_INSTRUCTIONS}
                value={instructions}
                onChange={(event) => setInstructions(event.target.value)}
              />
            )}
          </Field>
          <TextField
            label="Characters of a result"
            description={`Longer results of a tool are cut, with an address at which the rest can be read. ${inTokens(Number(budget))} Claude Code shows 50,000 characters unless it is told more.`}
            type="number"
            min={10_000}
            max={1_000_000}
            required
            className="w-28"
            value={budget}
            onValueChange={setBudget}
          />
          <TextField
            label="Background runs at once"
            description="Schedules, webhooks and jobs beyond this number wait for their turn. Calls of clients do not."
            type="number"
            min={1}
            max={50}
            required
            className="w-20"
            value={concurrency}
            onValueChange={setConcurrency}
          />
          {update.error && <FieldMessage severity="error" message={update.error.message} />}
          <Button
            type="submit"
            variant="primary"
            className="self-start"
            busy={update.isPending}
            disabled={!changed}
          >
            Save
          </Button>
        </Changeable>
      </form>
    </Section>
  );
}

/** What changing to it takes from callers. */
const LOST = {
  oauth: 'Clients that can sign in are asked to from now on, also those that have a key.',
  key: 'From saving on, clients that people signed in with are refused until they have a key.',
};

/** How much of the model's room a text takes, and of what it may have. */
function Size({ text }: { text: string }) {
  return (
    <span className="text-12 text-muted tabular-nums">
      {number(text.length)} of {number(MOST_INSTRUCTIONS)} characters, about {count(tokenCost(text), 'token')}
    </span>
  );
}

function inTokens(characters: number): string {
  if (!(characters > 0)) return '';
  const tokens = Math.round(characters / CHARACTERS_PER_TOKEN);
  return `${number(characters)} are about ${number(tokens)} tokens.`;
}
