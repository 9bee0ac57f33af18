import Link from 'next/link';
import type { Calls } from '#app/data/types.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { FIGURE_COLUMNS, FigureCells, NUMERIC } from './figure-cells.tsx';

/** What each tool has its part in, most calls first. */
export function ToolTable({
  project,
  tools,
  narrowTo,
}: {
  project: string;
  tools: Calls['tools'];
  narrowTo: (changes: { workflow: string }) => string;
}) {
  return (
    <Section title="By tool">
      <Table className="table-fixed">
        <TableColumns names={['Tool', ...FIGURE_COLUMNS]} numeric={NUMERIC} />
        <TableBody>
          {tools.map((line) => {
            const { workflowId, tool } = line;
            const runs = workflowId && `/projects/${project}/runs?workflow=${workflowId}`;
            return (
              <TableRow key={workflowId ?? ''}>
                <TableCell className="max-w-80 truncate">
                  {workflowId === null ? (
                    <span className="text-muted">Other tools</span>
                  ) : (
                    <Link
                      href={narrowTo({ workflow: workflowId })}
                      scroll={false}
                      className="font-mono text-12 hover:underline"
                    >
                      {tool}
                    </Link>
                  )}
                </TableCell>
                <FigureCells line={line} runs={runs} failed={runs && `${runs}&status=failed`} />
              </TableRow>
            );
          })}
        </TableBody>
      </Table>
    </Section>
  );
}
