'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useKnowledgeBases } from '#app/data/use-knowledge-bases.ts';
import { useOfferSearch } from '#app/data/use-offer-search.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Changeable } from '#app/ui/changeable.tsx';
import { Checkbox } from '#app/ui/checkbox.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { toast } from '#app/ui/toast.ts';
import { useBase } from './base-context.tsx';

/** As many are searched together. */
const MOST = 5;

/** The two tools that ChatGPT asks of a server whose documents it may search; where they are, the way to them. */
export function SearchPairSection() {
  const { project, base } = useBase();
  const { data: workflows } = useWorkflows(project);
  const pair = ['search', 'fetch'].flatMap(
    (name) => workflows?.items.filter((workflow) => workflow.name === name) ?? [],
  );
  if (!workflows) return null;
  return (
    <Section
      id="search-and-fetch"
      title="Search and fetch"
      description="Two tools of these names are what ChatGPT asks of a server whose documents it may search. They are workflows like any other."
    >
      <div className="flex max-w-160 flex-col gap-3 p-4">
        {pair.length > 0 ? (
          <p>
            This project has{' '}
            {pair.map(({ id, name }, index) => (
              <span key={id}>
                {index > 0 && ' and '}
                <Link
                  className="text-accent-ink underline-offset-2 hover:underline"
                  href={`/projects/${project}/workflows/${id}`}
                >
                  {name}
                </Link>
              </span>
            ))}
            .
          </p>
        ) : (
          <MakePair project={project} own={base.id} />
        )}
      </div>
    </Section>
  );
}

function MakePair({ project, own }: { project: string; own: string }) {
  const router = useRouter();
  const refusal = useRefusal('editor');
  const offer = useOfferSearch(project);
  const { data: bases } = useKnowledgeBases(project);
  const [chosen, setChosen] = useState<readonly string[]>([own]);
  const toggle = (id: string, on: boolean): void =>
    setChosen(on ? [...chosen, id] : chosen.filter((other) => other !== id));
  return (
    <Changeable refusal={refusal}>
      <div className="flex flex-col items-start gap-3">
        {bases && bases.items.length > 1 && (
          <fieldset className="flex flex-col gap-1">
            <legend className="mb-1 font-medium">Searched together</legend>
            {bases.items.map(({ id, name }) => (
              // biome-ignore lint/a11y/noLabelWithoutControl: Checkbox is the control
              <label key={id} className="flex items-center gap-2">
                <Checkbox
                  checked={chosen.includes(id)}
                  disabled={!chosen.includes(id) && chosen.length >= MOST}
                  onCheckedChange={(on) => toggle(id, on === true)}
                />
                {name}
              </label>
            ))}
          </fieldset>
        )}
        <Button
          busy={offer.isPending}
          disabled={chosen.length === 0}
          onClick={() =>
            offer.mutate([...chosen], {
              onSuccess: ({ workflows: [first] }) => {
                toast.success('search and fetch are drafts: publish both');
                if (first) router.push(`/projects/${project}/workflows/${first.id}`);
              },
            })
          }
        >
          Make search and fetch
        </Button>
        {offer.error && <FieldMessage severity="error" message={offer.error.message} />}
      </div>
    </Changeable>
  );
}
