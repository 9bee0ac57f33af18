import Link from 'next/link';
import type { Calls } from '#app/data/types.ts';
import { CAUSES } from '#app/runs/cause.tsx';
import { Section } from '#app/shell/page-body.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { FIGURE_COLUMNS, FigureCells, NUMERIC } from './figure-cells.tsx';

/** What each client has its part in, and what else starts workflows; most calls first. */
export function CallerTable({
  project,
  callers,
  narrowTo,
}: {
  project: string;
  callers: Calls['clients'];
  narrowTo: (changes: { client: string }) => string;
}) {
  return (
    <Section title="By client">
      <Table className="table-fixed">
        <TableColumns names={['Client', ...FIGURE_COLUMNS]} numeric={NUMERIC} />
        <TableBody>
          {callers.map((line) => {
            const { cause, client } = line;
            const others = cause === 'call' && client === null;
            const which = client === null ? `cause=${cause}` : `client=${encodeURIComponent(client)}`;
            const runs = others ? null : `/projects/${project}/runs?${which}`;
            return (
              <TableRow key={`${cause} ${client}`}>
                <TableCell className="max-w-80 truncate">
                  {client !== null ? (
                    <Link href={narrowTo({ client })} scroll={false} className="hover:underline">
                      {client}
                    </Link>
                  ) : (
                    <span className="text-muted">
                      {others ? 'Other clients' : CAUSES.find(({ value }) => value === cause)?.label}
                    </span>
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
