import type { Approval } from '#app/data/types.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { TableLink } from '#app/ui/table-link.tsx';

/** What was decided, by whom, when and why. A row leads to the run. */
export function DecidedTable({ project, approvals }: { project: string; approvals: readonly Approval[] }) {
  return (
    <Table>
      <TableColumns names={['Question', 'Workflow', 'Decision', 'By', 'When', 'Comment']} />
      <TableBody>
        {approvals.map((approval) => {
          const { id, runId, message, workflowName, status, decidedByName, decidedAt, comment } = approval;
          return (
            <TableRow key={id}>
              <TableCell className="max-w-72">
                <TableLink href={`/projects/${project}/runs/${runId}`} className="block truncate">
                  {message}
                </TableLink>
              </TableCell>
              <TableCell className="font-mono text-12">{workflowName}</TableCell>
              <TableCell>{status !== 'pending' && <Status status={status} />}</TableCell>
              <TableCell className="max-w-40 truncate">{decidedByName ?? 'Nobody'}</TableCell>
              <TableCell className="text-muted">
                <RelativeTime at={decidedAt ?? approval.expiresAt} />
              </TableCell>
              <TableCell className="max-w-60 truncate text-muted" title={comment ?? undefined}>
                {comment}
              </TableCell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}
