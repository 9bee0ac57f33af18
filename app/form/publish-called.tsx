'use client';

import { Rocket } from 'lucide-react';
import Link from 'next/link';
import { usePublish } from '#app/data/use-publish.ts';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { toast } from '#app/ui/toast.ts';

export interface PublishCalledProps {
  project: string;
  workflow: { id: string; name: string; revision: number };
  readOnly: boolean;
}

/** Under a workflow that cannot be called yet: publishes it as it is saved, or says what stands in the way. */
export function PublishCalled({ project, workflow, readOnly }: PublishCalledProps) {
  const { id, name, revision } = workflow;
  const { mutate, isPending, error } = usePublish(project, id);
  const publish = (): void =>
    mutate({ revision }, { onSuccess: ({ version }) => void toast(`${name} v${version} is live`) });
  return (
    <div className="flex flex-col items-start gap-1.5">
      <FieldMessage
        severity="warning"
        message="This workflow is not published, so it cannot be called yet, nor by a run of the draft."
      />
      {error && <FieldMessage severity="error" message={error.message} />}
      {error ? (
        <Button asChild size="small">
          <Link href={`/projects/${project}/workflows/${id}?dialog=publish`}>Review {name}</Link>
        </Button>
      ) : (
        !readOnly && (
          <Button size="small" busy={isPending} onClick={publish}>
            <Rocket /> Publish {name}
          </Button>
        )
      )}
    </div>
  );
}
