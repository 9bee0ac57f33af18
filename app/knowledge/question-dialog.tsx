'use client';

import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import type { KnowledgeHit, KnowledgeQuestion } from '#app/data/types.ts';
import { useDocuments } from '#app/data/use-documents.ts';
import { useSaveQuestion } from '#app/data/use-questions.ts';
import { useSettled } from '#app/form/use-settled.ts';
import { Button } from '#app/ui/button.tsx';
import { Checkbox } from '#app/ui/checkbox.tsx';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { Input } from '#app/ui/input.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';
import { useBase } from './base-context.tsx';

type Place = KnowledgeQuestion['expected'][number];

export interface QuestionDraft {
  /** Null: a new one. */
  id: string | null;
  text: string;
  expected: readonly Place[];
}

/** A question and where its answer stands. With `hits`, those passages are chosen from. */
export function QuestionDialog({
  question,
  hits = [],
  onClose,
}: {
  question: QuestionDraft;
  hits?: readonly KnowledgeHit[];
  onClose(): void;
}) {
  const { project, base } = useBase();
  const save = useSaveQuestion(project, base.id);
  const [text, setText] = useState(question.text);
  const [places, setPlaces] = useState<readonly (Place & { key: number })[]>(() =>
    (question.expected.length > 0 || hits.length > 0 ? question.expected : [{ document: '' }]).map(
      (place, key) => ({ ...place, key }),
    ),
  );
  const [right, setRight] = useState<ReadonlySet<number>>(new Set(hits.length > 0 ? [0] : []));
  const change = (key: number, part: Partial<Place>): void =>
    setPlaces(places.map((place) => (place.key === key ? { ...place, ...part } : place)));
  const expected =
    hits.length > 0
      ? hits.filter((_, index) => right.has(index)).map(placeOfHit)
      : places.filter(({ document }) => document.trim() !== '').map(placeAsSaved);
  return (
    <FormDialog
      onClose={onClose}
      title={question.id === null ? 'New question' : 'Edit question'}
      description="Any of the places is right: a document, narrower with a heading of it, or words of the passage."
      action={question.id === null ? 'Save question' : 'Save changes'}
      busy={save.isPending}
      onSubmit={() => {
        if (expected.length === 0) return;
        save.mutate(
          { id: question.id, text: text.trim(), expected },
          {
            onSuccess: () => {
              toast.success('Question saved under Quality');
              onClose();
            },
          },
        );
      }}
    >
      <TextField
        label="Question"
        required
        autoFocus
        maxLength={500}
        placeholder="How long may goods be sent back?"
        value={text}
        onValueChange={setText}
      />
      {hits.length > 0 ? (
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1 font-medium text-12">Which of these are right?</legend>
          {hits.map((hit, index) => (
            // biome-ignore lint/a11y/noLabelWithoutControl: Checkbox is the control
            <label key={`${hit.documentId} ${hit.passage}`} className="flex items-start gap-2">
              <Checkbox
                className="mt-0.5"
                checked={right.has(index)}
                onCheckedChange={(on) => {
                  const next = new Set(right);
                  if (on === true) next.add(index);
                  else next.delete(index);
                  setRight(next);
                }}
              />
              <span className="min-w-0">
                <span className="block truncate">
                  {[hit.document, ...hit.headings.slice(-1)].join(' ▸ ')}
                </span>
                <span className="line-clamp-1 text-12 text-muted">{hit.text}</span>
              </span>
            </label>
          ))}
        </fieldset>
      ) : (
        <>
          {places.map((place, index) => (
            <PlaceFields
              key={place.key}
              number={index + 1}
              place={place}
              onChange={(part) => change(place.key, part)}
              onRemove={
                places.length > 1 ? () => setPlaces(places.filter(({ key }) => key !== place.key)) : undefined
              }
            />
          ))}
          <Button
            size="small"
            variant="ghost"
            className="self-start"
            onClick={() => setPlaces([...places, { document: '', key: Date.now() }])}
          >
            <Plus /> Another place
          </Button>
        </>
      )}
      {expected.length === 0 && <p className="text-12 text-muted">Say at least one place that is right.</p>}
      {save.error && <FieldMessage severity="error" message={save.error.message} />}
    </FormDialog>
  );
}

function placeOfHit({ documentId, headings }: KnowledgeHit): Place {
  const heading = headings.at(-1);
  return { document: documentId, ...(heading && { heading: heading.slice(0, 300) }) };
}

function placeAsSaved({ document, heading, quote }: Place): Place {
  return {
    document: document.trim(),
    ...(heading?.trim() && { heading: heading.trim() }),
    ...(quote?.trim() && { quote: quote.trim() }),
  };
}

function PlaceFields({
  number,
  place,
  onChange,
  onRemove,
}: {
  number: number;
  place: Place;
  onChange(part: Partial<Place>): void;
  onRemove: (() => void) | undefined;
}) {
  const { project, base } = useBase();
  const sought = useSettled(place.document, 250);
  const documents = useDocuments(project, base.id, sought.trim() === '' ? {} : { q: sought.trim() });
  const names = documents.data?.pages[0]?.items ?? [];
  return (
    <div className="flex flex-col gap-2 rounded-md border border-line p-3">
      <Field
        label={number === 1 ? 'Document' : `Document, place ${number}`}
        description="Its name or path."
        aside={
          onRemove && (
            <IconButton size="small" label={`Remove place ${number}`} onClick={onRemove}>
              <X />
            </IconButton>
          )
        }
      >
        {(ids) => (
          <>
            <Input
              {...ids}
              required
              maxLength={1000}
              list={`${ids.id}-names`}
              value={place.document}
              onChange={(event) => onChange({ document: event.target.value })}
            />
            <datalist id={`${ids.id}-names`}>
              {names.map(({ id, path, name }) => (
                <option key={id} value={path || name} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <div className="grid grid-cols-2 gap-2">
        <TextField
          label="Heading"
          optional
          maxLength={300}
          value={place.heading ?? ''}
          onValueChange={(heading) => onChange({ heading })}
        />
        <TextField
          label="Words of it"
          optional
          maxLength={1000}
          value={place.quote ?? ''}
          onValueChange={(quote) => onChange({ quote })}
        />
      </div>
    </div>
  );
}
