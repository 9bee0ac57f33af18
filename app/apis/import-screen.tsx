'use client';

import { useState } from 'react';
import type { ApiDescription, ApiSource, ImportedApi, UpdatedApi } from '#app/data/types.ts';
import { PageBody } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { ApiSources } from './api-sources.tsx';
import { ChooseOperations } from './choose-operations.tsx';
import { FaultList } from './fault-list.tsx';
import { ImportResult } from './import-result.tsx';
import { ReadSource } from './read-source.tsx';

type Step =
  | { at: 'source' }
  | { at: 'choose'; description: ApiDescription }
  | { at: 'done'; made: ImportedApi | UpdatedApi };

/** An API becomes workflows: its description is read, operations are chosen, drafts are made. */
export function ImportScreen({ project }: { project: string }) {
  const [step, setStep] = useState<Step>({ at: 'source' });
  const [updating, setUpdating] = useState<ApiSource | null>(null);
  const again = (): void => {
    setStep({ at: 'source' });
    setUpdating(null);
  };

  if (step.at === 'done') {
    return (
      <PageBody
        title={`${step.made.source.name} is imported`}
        actions={<Button onClick={again}>Import more</Button>}
      >
        <ImportResult project={project} made={step.made} />
      </PageBody>
    );
  }
  if (step.at === 'choose') {
    const { description } = step;
    return (
      <PageBody
        title={updating ? `Update ${updating.name}` : description.title || 'This cannot be imported'}
        description={description.description}
        actions={<Button onClick={again}>Choose another document</Button>}
      >
        <FaultList faults={description.faults} open={description.source === null} />
        {description.source && (
          <ChooseOperations
            project={project}
            description={{ ...description, source: description.source }}
            updating={updating}
            onDone={(made) => setStep({ at: 'done', made })}
          />
        )}
      </PageBody>
    );
  }
  return (
    <PageBody
      title={updating ? `Update ${updating.name}` : 'Import an API'}
      description={
        updating
          ? 'Load its newer description. You see what changed before anything is done.'
          : 'Load its OpenAPI description (2.0 to 3.2), or paste a cURL command. Each operation you choose becomes a draft.'
      }
      actions={updating && <Button onClick={again}>Cancel</Button>}
    >
      <ReadSource
        key={updating?.id ?? 'new'}
        project={project}
        updating={updating}
        onRead={(description) => setStep({ at: 'choose', description })}
      />
      {!updating && <ApiSources project={project} onUpdate={setUpdating} />}
    </PageBody>
  );
}
