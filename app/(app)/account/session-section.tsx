'use client';

import { useState } from 'react';
import type { BrowserSession } from '#app/data/sign-in-types.ts';
import { useBrowserSessions, useEndOtherSessions, useEndSession } from '#app/data/use-browser-sessions.ts';
import { Section } from '#app/shell/page-body.tsx';
import { browserWords } from '#app/two-factor/browser-words.ts';
import { Badge } from '#app/ui/badge.tsx';
import { Button } from '#app/ui/button.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { toast } from '#app/ui/toast.ts';

/** The browsers in which one is signed in. */
export function SessionSection() {
  const sessions = useBrowserSessions();
  const endOthers = useEndOtherSessions();
  const end = useEndSession();
  const [askingAll, setAskingAll] = useState(false);
  const [asked, setAsked] = useState<BrowserSession | null>(null);
  return (
    <Section
      id="sessions"
      title="Sessions"
      description="Browsers in which you are signed in. One that is not used for 7 days is signed out, and any after 30."
      actions={<Button onClick={() => setAskingAll(true)}>Sign out everywhere else</Button>}
    >
      <QueryView query={sessions} what="your sessions">
        {({ items }) => (
          <Table>
            <TableColumns names={['Browser', 'Address', 'Signed in', 'Last seen']} actions />
            <TableBody>
              {items.map((session) => (
                <TableRow key={session.id}>
                  <TableCell className="font-medium">{browserWords(session.userAgent)}</TableCell>
                  <TableCell className="font-mono text-12">{session.ipAddress}</TableCell>
                  <TableCell className="text-muted">
                    <RelativeTime at={session.createdAt} />
                    {session.via === 'sso' && ', by single sign-on'}
                  </TableCell>
                  <TableCell className="text-muted">
                    <RelativeTime at={session.seenAt} />
                  </TableCell>
                  <TableCell className="text-right">
                    {session.current ? (
                      <Badge tone="accent">This browser</Badge>
                    ) : (
                      <Button size="small" onClick={() => setAsked(session)}>
                        Sign out
                      </Button>
                    )}
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </QueryView>
      <ConfirmMutation
        mutation={end}
        variables={asked?.id ?? null}
        onClose={() => setAsked(null)}
        done="That browser is signed out"
        title={`Sign out ${browserWords(asked?.userAgent ?? '')}?`}
        description="It asks for your password again. What is not saved there is kept in that browser."
        action="Sign out that browser"
      />
      <ConfirmMutation
        mutation={endOthers}
        variables={askingAll ? undefined : null}
        onClose={() => setAskingAll(false)}
        onDone={() => {
          setAskingAll(false);
          toast.success('You are signed in here alone');
        }}
        title="Sign out everywhere else?"
        description="Every other browser asks for your password again. What is not saved there is kept in that browser."
        action="Sign out everywhere else"
      />
    </Section>
  );
}
