import Link from 'next/link';
import type { ImportedApi, UpdatedApi } from '#app/data/types.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { count } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { TableLink } from '#app/ui/table-link.tsx';

const BECAME: Record<UpdatedApi['imported'][number]['state'], string> = {
  same: 'Unchanged',
  updated: 'Draft made again',
  kept: 'Edited by hand: kept',
  gone: 'Not in the newer document: kept',
  deleted: 'Was deleted',
};

/** What was made: drafts to look at, and connections that wait for their secrets. */
export function ImportResult({ project, made }: { project: string; made: ImportedApi | UpdatedApi }) {
  const { workflows, connections } = made;
  const waiting = connections.filter(({ preview }) => preview === '');
  const imported = 'imported' in made ? made.imported : [];
  return (
    <>
      {waiting.length > 0 && (
        <Section
          title={waiting.length === 1 ? 'One secret is missing' : `${waiting.length} secrets are missing`}
          actions={
            <Button asChild variant="primary">
              <Link href={`/projects/${project}/settings`}>Enter it in the settings</Link>
            </Button>
          }
        >
          <ul className="flex flex-col gap-1 px-4 py-3 text-13">
            {waiting.map(({ id, name, type, parameter, hosts }) => (
              <li key={id}>
                The connection <span className="font-medium">{name}</span> ({WORDS[type]}
                {parameter && (
                  <>
                    {' '}
                    <code className="text-12">{parameter}</code>
                  </>
                )}
                ), sent to {hosts.join(', ')} only.
              </li>
            ))}
          </ul>
        </Section>
      )}
      {workflows.length > 0 && (
        <Section
          title={count(workflows.length, 'draft')}
          description="Nothing is published yet: look at each, run it, press Publish."
        >
          <Table>
            <TableColumns names={['Name', 'Operation', 'State']} />
            <TableBody>
              {workflows.map(({ id, name, operation, problems }) => (
                <TableRow key={id}>
                  <TableCell>
                    <TableLink href={`/projects/${project}/workflows/${id}`} className="font-mono text-12">
                      {name}
                    </TableLink>
                  </TableCell>
                  <TableCell className="font-mono text-12 text-muted">{operation}</TableCell>
                  <TableCell>
                    {problems > 0 ? (
                      <Status status="warning">{count(problems, 'problem')}</Status>
                    ) : (
                      <Status status="draft" />
                    )}
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Section>
      )}
      {imported.length > 0 && (
        <Section
          title="What was there"
          description="Published versions stay as they are until you publish again."
        >
          <Table>
            <TableColumns names={['Name', 'Operation', 'Now']} />
            <TableBody>
              {imported.map(({ id, workflow, name, state }) => (
                <TableRow key={id}>
                  <TableCell className="font-mono text-12">
                    {state === 'deleted' ? (
                      name
                    ) : (
                      <TableLink href={`/projects/${project}/workflows/${workflow}`}>{name}</TableLink>
                    )}
                  </TableCell>
                  <TableCell className="font-mono text-12 text-muted">{id}</TableCell>
                  <TableCell className="text-muted">{BECAME[state]}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Section>
      )}
    </>
  );
}

const WORDS: Record<ImportedApi['connections'][number]['type'], string> = {
  bearer: 'bearer token',
  basic: 'user and password',
  header: 'header',
  query: 'parameter of the query',
  oauth2: 'OAuth 2',
  postgres: 'PostgreSQL',
};
