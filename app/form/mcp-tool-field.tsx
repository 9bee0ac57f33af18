'use client';

import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useMcpTools } from '#app/data/use-mcp-tools.ts';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { Select } from '#app/ui/select.tsx';
import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { useForm } from './form-context.tsx';
import type { JsonPath } from './json-path.ts';
import { McpToolAbout } from './mcp-tool-about.tsx';
import { McpToolChange } from './mcp-tool-change.tsx';
import { argumentSkeleton, chosenTool, type OfferedTool, pinState } from './mcp-tool-choice.ts';
import { useSettled } from './use-settled.ts';

const TYPING_MS = 700;

export interface McpToolFieldProps {
  value: JsonValue | undefined;
  /** Beside it stand `url`, `connection` and `arguments`. */
  path: JsonPath;
  projectSlug: string | null;
  readOnly: boolean;
  /** The title of the field. */
  label: string;
  describedBy: string | undefined;
  invalid: boolean;
}

/**
 * A tool of another MCP server, pinned by its definition. The server is asked when somebody wants its list, and when
 * a step is opened whose tool was chosen: what has changed since is shown, and has to be accepted.
 */
export function McpToolField({
  value,
  path,
  projectSlug,
  readOnly,
  label,
  describedBy,
  invalid,
}: McpToolFieldProps) {
  const { change, read } = useForm();
  const around = path.slice(0, -1);
  const url = useSettled(textOf(read([...around, 'url'])).trim(), TYPING_MS);
  const connection = textOf(read([...around, 'connection'])) || undefined;
  const chosen = chosenTool(value);
  const [wanted, setWanted] = useState(false);
  const canAsk = /^https?:\/\/[^/]/i.test(url) && !readOnly;
  const { data, error, isFetching, refetch } = useMcpTools(
    projectSlug,
    { url, connection },
    { enabled: canAsk && (wanted || chosen !== null) },
  );
  const offered = (data?.tools ?? []) as readonly OfferedTool[];
  const pin = chosen && data ? pinState(chosen, offered) : null;

  const pinTool = ({ name, definition, hash }: OfferedTool, keepArguments: boolean): void => {
    const siblings = read(around);
    const members = isJsonObject(siblings) ? siblings : {};
    const given = isJsonObject(members['arguments']) ? members['arguments'] : {};
    const fresh = !keepArguments && Object.keys(given).length === 0;
    change(around, {
      ...members,
      tool: { name, definition, hash },
      ...(fresh && { arguments: argumentSkeleton(definition) }),
    });
  };
  const names = offered.map(({ name }) => name);
  // A tool that is gone, or whose server was not asked, stays chosen.
  const options = chosen && !names.includes(chosen.name) ? [chosen.name, ...names] : names;

  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex gap-1">
        {options.length > 0 ? (
          <Select
            aria-label={label}
            aria-describedby={describedBy}
            aria-invalid={invalid}
            className="min-w-0 flex-1"
            disabled={readOnly}
            placeholder="Choose a tool"
            value={chosen?.name}
            options={options.map((name) => ({ value: name, label: name }))}
            onValueChange={(name) => {
              const tool = offered.find((one) => one.name === name);
              if (tool && name !== chosen?.name) pinTool(tool, false);
            }}
          />
        ) : (
          <Button
            aria-describedby={describedBy}
            className="flex-1"
            disabled={!canAsk}
            busy={isFetching}
            onClick={() => (wanted ? void refetch() : setWanted(true))}
          >
            {isFetching ? 'Asking the server' : 'List the tools of the server'}
          </Button>
        )}
        {options.length > 0 && (
          <IconButton
            label="Ask the server again"
            disabled={!canAsk}
            busy={isFetching}
            onClick={() => void refetch()}
          >
            {!isFetching && <RefreshCw />}
          </IconButton>
        )}
      </div>
      {error && <FieldMessage severity="error" message={error.message} />}
      {data && offered.length === 0 && (
        <p className="text-12 text-muted">
          {`${data.server.title ?? data.server.name ?? 'The server'} offers no tools.`}
        </p>
      )}
      {pin?.state === 'missing' && (
        <FieldMessage
          severity="error"
          message={`The server has no tool “${chosen?.name}” any more: choose another one.`}
        />
      )}
      {chosen && pin?.state === 'changed' && (
        <McpToolChange
          before={chosen.definition}
          now={pin.now.definition}
          readOnly={readOnly}
          onAccept={() => pinTool(pin.now, true)}
        />
      )}
      {chosen && <McpToolAbout definition={chosen.definition} />}
    </div>
  );
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
