'use client';

import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useDeleteKnowledgeBase } from '#app/data/use-delete-knowledge-base.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { useUpdateBase } from '#app/data/use-update-base.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Changeable } from '#app/ui/changeable.tsx';
import { ConfirmDialog } from '#app/ui/confirm-dialog.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { count } from '#app/ui/quantity.ts';
import { Select } from '#app/ui/select.tsx';
import { Switch } from '#app/ui/switch.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';
import { useBase } from './base-context.tsx';
import { LANGUAGE_OPTIONS } from './languages.ts';
import { ModelSection } from './model-section.tsx';
import { RerankerSection } from './reranker-section.tsx';
import { SearchPairSection } from './search-pair-section.tsx';
import { SizeFields } from './size-fields.tsx';
import { sizeFault } from './size-stats.ts';

/** What holds for a whole base. Each part is saved by itself. */
export function BaseSettingsScreen() {
  return (
    <div className="flex flex-col gap-4">
      <GeneralSection />
      <ReadingSection />
      <ModelSection />
      <RerankerSection />
      <SearchPairSection />
      <DeleteSection />
    </div>
  );
}

/** Name, and whether clients may list and read the documents themselves. */
function GeneralSection() {
  const { project, base } = useBase();
  const refusal = useRefusal('editor');
  const update = useUpdateBase(project, base.id);
  const offer = useUpdateBase(project, base.id);
  const [name, setName] = useState(base.name);
  return (
    <Section id="general" title="General">
      <div className="flex max-w-160 flex-col gap-4 p-4">
        <Changeable refusal={refusal}>
          <form
            className="flex items-end gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              update.mutate({ name: name.trim() }, { onSuccess: () => toast.success('Name saved') });
            }}
          >
            <div className="flex-1">
              <TextField
                label="Name"
                required
                maxLength={120}
                error={update.error?.message}
                value={name}
                onValueChange={setName}
              />
            </div>
            <Button type="submit" busy={update.isPending} disabled={name.trim() === base.name}>
              Save name
            </Button>
          </form>
        </Changeable>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: Switch is the control */}
        <label className="flex items-start justify-between gap-3">
          <span>
            Offer as resources
            <span className="block text-12 text-muted">
              Clients of the project list the documents and read them whole.
            </span>
          </span>
          <Switch
            checked={offer.isPending ? (offer.variables.offered ?? false) : base.offered}
            disabled={offer.isPending || refusal !== null}
            onCheckedChange={(offered: boolean) => offer.mutate({ offered })}
          />
        </label>
        {offer.error && <FieldMessage severity="error" message={offer.error.message} />}
      </div>
    </Section>
  );
}

/** How documents are cut into passages. Other sizes have all of them read anew, which is said before. */
function ReadingSection() {
  const { project, base } = useBase();
  const search = useSearchParams();
  const refusal = useRefusal('editor');
  const update = useUpdateBase(project, base.id);
  const [asking, setAsking] = useState(false);
  const [language, setLanguage] = useState(base.language);
  const [sizes, setSizes] = useState(() => ({
    size: numberIn(search.get('size')) ?? base.chunkSize,
    overlap: numberIn(search.get('overlap')) ?? base.chunkOverlap,
  }));
  const fault = sizeFault(sizes);
  const changed =
    sizes.size !== base.chunkSize || sizes.overlap !== base.chunkOverlap || language !== base.language;
  const done = base.documentCount - base.pendingCount;
  const save = (): void =>
    update.mutate(
      { chunkSize: sizes.size, chunkOverlap: sizes.overlap, language },
      {
        onSuccess: () => {
          setAsking(false);
          toast.success(base.documentCount > 0 ? 'Saved; the documents are read anew' : 'Saved');
        },
        onError: (error) => {
          setAsking(false);
          toast.error(error.message);
        },
      },
    );
  return (
    <Section
      id="reading"
      title="Reading"
      description="How documents are cut into passages, and how their words are understood. Headings, tables and code stay whole as far as they fit."
    >
      <form
        className="flex max-w-160 flex-col gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (fault) return;
          if (base.documentCount === 0) save();
          else setAsking(true);
        }}
      >
        <Changeable refusal={refusal}>
          <Field
            label="Language"
            description="Full text finds the forms of a word: “returns” by “returned”. Choose one where short documents are taken for another language."
          >
            {(ids) => (
              <Select {...ids} value={language} onValueChange={setLanguage} options={LANGUAGE_OPTIONS} />
            )}
          </Field>
          <SizeFields value={sizes} onChange={setSizes} />
          {fault && <FieldMessage severity="error" message={fault} />}
          {base.pendingCount > 0 && (
            <div className="flex flex-col gap-1">
              <p className="text-12 text-muted tabular-nums">
                {count(done, 'document')} of {base.documentCount.toLocaleString('en')} read. Those that are
                still to be read are found as they were.
              </p>
              <progress
                aria-label="Documents read"
                max={base.documentCount}
                value={done}
                className="h-1 w-full accent-(--accent)"
              />
            </div>
          )}
          <Button
            type="submit"
            variant="primary"
            className="self-start"
            busy={update.isPending}
            disabled={!changed || fault !== null}
          >
            Save reading
          </Button>
        </Changeable>
      </form>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        busy={update.isPending}
        onConfirm={save}
        title={`Read ${count(base.documentCount, 'document')} anew?`}
        description={`Each is read again in the background and its passages are replaced at once when that is done; until then its present ones are found. ${
          base.model === null
            ? ''
            : `Vectors of all passages are asked of ${base.model} again, which may cost. `
        }Questions under Quality show whether it found better afterwards.`}
        action="Read anew"
      />
    </Section>
  );
}

function numberIn(text: string | null): number | null {
  return text !== null && /^\d{1,5}$/.test(text) ? Number(text) : null;
}

function DeleteSection() {
  const { project, base } = useBase();
  const router = useRouter();
  const refusal = useRefusal('editor');
  const remove = useDeleteKnowledgeBase(project);
  const [asking, setAsking] = useState(false);
  const { id, name, documentCount, chunkCount, sourceCount, questionCount } = base;
  const lost = [
    `${count(documentCount, 'document')} in ${count(chunkCount, 'passage')}`,
    ...(sourceCount > 0 ? [count(sourceCount, 'source')] : []),
    ...(questionCount > 0 ? [count(questionCount, 'question')] : []),
  ].join(', ');
  return (
    <Section id="delete" title="Delete" description="The base with all that is in it.">
      <div className="flex items-center justify-between gap-4 p-4">
        <p className="text-muted">{lost} are lost, and look-up steps that search it will fail.</p>
        <Button variant="danger" disabled={refusal !== null} onClick={() => setAsking(true)}>
          Delete knowledge base
        </Button>
      </div>
      <ConfirmMutation
        mutation={remove}
        variables={asking ? id : null}
        onClose={() => setAsking(false)}
        onDone={() => router.replace(`/projects/${project}/knowledge`)}
        title={`Delete the knowledge base ${name}?`}
        description={`${lost} are lost, and look-up steps that search it will fail.`}
        action="Delete knowledge base"
        mustType={documentCount > 0 ? name : undefined}
        done={`The knowledge base ${name} is deleted`}
      />
    </Section>
  );
}
