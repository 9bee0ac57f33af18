'use client';

import { useState } from 'react';
import type { ApiSource } from '#app/data/types.ts';
import { useApis } from '#app/data/use-apis.ts';
import { useForgetApi } from '#app/data/use-forget-api.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { count } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';

/** The APIs that were imported, to be updated from newer descriptions; nothing while there are none. */
export function ApiSources({ project, onUpdate }: { project: string; onUpdate(source: ApiSource): void }) {
  const apis = useApis(project);
  const forget = useForgetApi(project);
  const [doomed, setDoomed] = useState<ApiSource | null>(null);
  const items = apis.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title="Imported">
      <Table>
        <TableColumns names={['API', 'Address', 'Workflows', 'Imported']} numeric={['Workflows']} actions />
        <TableBody>
          {items.map((source) => (
            <TableRow key={source.id}>
              <TableCell className="font-medium">{source.name}</TableCell>
              <TableCell className="max-w-80 truncate font-mono text-12 text-muted">{source.base}</TableCell>
              <TableCell className="text-right tabular-nums">{source.operations.length}</TableCell>
              <TableCell className="text-muted">
                {source.importedAt && <RelativeTime at={source.importedAt} />}
              </TableCell>
              <TableCell>
                <span className="flex justify-end gap-2">
                  <Button size="small" onClick={() => onUpdate(source)}>
                    Update from a newer document
                  </Button>
                  <Button size="small" variant="ghost" onClick={() => setDoomed(source)}>
                    Forget
                  </Button>
                </span>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <ConfirmMutation
        mutation={forget}
        variables={doomed?.id ?? null}
        onClose={() => setDoomed(null)}
        title={`Forget the description of ${doomed?.name}?`}
        description={`Its ${count(doomed?.operations.length ?? 0, 'workflow')} stay, and cannot be updated from a newer document any more.`}
        action="Forget description"
      />
    </Section>
  );
}
