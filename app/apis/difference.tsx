import type { ApiDescription } from '#app/data/types.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Badge } from '#app/ui/badge.tsx';
import { Checkbox } from '#app/ui/checkbox.tsx';
import { count } from '#app/ui/quantity.ts';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { TableLink } from '#app/ui/table-link.tsx';

type Difference = NonNullable<ApiDescription['difference']>;

const WILL: Record<Difference['imported'][number]['state'], string> = {
  same: 'Unchanged',
  update: 'Its draft is made again',
  edited: 'Edited by hand',
  gone: 'Not in this document: stays as it is',
  deleted: 'Was deleted: is forgotten',
};

/** What becomes of each workflow that was imported, and what changed in its operation. */
export function UpdateList({
  project,
  difference,
  overwrite,
  onOverwrite,
}: {
  project: string;
  difference: Difference;
  overwrite: ReadonlySet<string>;
  onOverwrite(id: string, value: boolean): void;
}) {
  const { added, removed, changed, imported } = difference;
  const changes = new Map(changed.map((one) => [one.id, one]));
  const words = [
    added.length > 0 && `${added.length} added`,
    changed.length > 0 && `${changed.length} changed`,
    removed.length > 0 && `${removed.length} removed`,
  ].filter(Boolean);
  return (
    <Section
      title="What changed"
      description={
        words.length === 0 ? 'Nothing: both documents say the same.' : `Operations: ${words.join(', ')}.`
      }
    >
      <Table>
        <TableColumns names={['Workflow', 'What changed', 'Update']} />
        <TableBody>
          {imported.map(({ id, workflow, name, state }) => (
            <TableRow key={id}>
              <TableCell className="py-2 align-top">
                {state === 'deleted' ? (
                  <span className="font-mono text-12">{name}</span>
                ) : (
                  <TableLink
                    href={`/projects/${project}/workflows/${workflow}`}
                    className="font-mono text-12"
                  >
                    {name}
                  </TableLink>
                )}
                <p className="font-mono text-12 text-muted">{id}</p>
              </TableCell>
              <TableCell className="py-2 align-top">
                <ul>
                  {changes.get(id)?.changes.map((change) => (
                    <li key={change}>{change}</li>
                  ))}
                </ul>
                {changes.get(id)?.breaks && <Badge tone="danger">Breaks callers</Badge>}
              </TableCell>
              <TableCell className="py-2 align-top">
                {WILL[state]}
                {state === 'edited' && (
                  // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is a button, which a label takes
                  <label className="relative z-1 mt-1 flex items-center gap-2 text-12">
                    <Checkbox
                      checked={overwrite.has(id)}
                      onCheckedChange={(value) => onOverwrite(id, value === true)}
                    />
                    Make it again, and lose what was edited
                  </label>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {removed.length > 0 && (
        <p className="border-t border-line px-4 py-2 text-12 text-muted">
          {count(removed.length, 'operation')} removed:{' '}
          <span className="font-mono">{removed.slice(0, 20).join(', ')}</span>
          {removed.length > 20 && ' and more'}
        </p>
      )}
    </Section>
  );
}

/** Beside an operation: new, or changed. */
export function DifferenceNote({ difference, id }: { difference: Difference; id: string }) {
  if (difference.added.includes(id)) return <Badge tone="success">New</Badge>;
  const changed = difference.changed.find((one) => one.id === id);
  return changed ? (
    <Badge tone="outline" title={changed.changes.join('. ')}>
      Changed
    </Badge>
  ) : null;
}
