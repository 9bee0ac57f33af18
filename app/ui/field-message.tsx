import { CircleAlert, TriangleAlert } from 'lucide-react';

export interface FieldMessageProps {
  id?: string;
  severity: 'error' | 'warning';
  message: string;
}

/** What is wrong, where it is wrong. */
export function FieldMessage({ id, severity, message }: FieldMessageProps) {
  const Icon = severity === 'error' ? CircleAlert : TriangleAlert;
  return (
    <p
      id={id}
      className={`flex items-start gap-1 text-12 ${severity === 'error' ? 'text-danger-ink' : 'text-warning-ink'}`}
    >
      <Icon aria-hidden className="mt-0.5 size-3.5 shrink-0" />
      <span className="min-w-0 break-words">
        <span className="sr-only">{severity === 'error' ? 'Error: ' : 'Warning: '}</span>
        {message}
      </span>
    </p>
  );
}
