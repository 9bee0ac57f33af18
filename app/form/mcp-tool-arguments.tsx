'use client';

import { isJsonObject } from '#lib/workflow/json.ts';
import { ArgumentsField, type ArgumentsFieldProps } from './arguments-field.tsx';
import { useForm } from './form-context.tsx';
import { chosenTool } from './mcp-tool-choice.ts';

/** The arguments of the tool that was chosen beside it, as its pinned definition says. */
export function McpToolArguments(props: ArgumentsFieldProps) {
  const { read } = useForm();
  const schema = chosenTool(read([...props.path.slice(0, -1), 'tool']))?.definition['inputSchema'];
  return (
    <ArgumentsField
      {...props}
      schema={isJsonObject(schema) ? schema : null}
      missing="Choose a tool: its arguments are filled in here."
    />
  );
}
