import { Fault } from '../errors.ts';
import type { Method } from '../exchange.ts';
import { isLogLevel, LOG_LEVELS } from '../log-messages.ts';

/**
 * `logging/setLevel` (2025): from now on the session is told no log messages but those of this level and more urgent
 * ones. Without a session there is nothing that the level could be kept for, and to say otherwise would be a lie.
 */
export const loggingSetLevel: Method = async ({ caller, message }) => {
  const { connection, session, states } = caller;
  const level = message.params?.['level'];
  if (!isLogLevel(level)) {
    throw new Fault('invalid_params', `params.level must be one of ${LOG_LEVELS.join(', ')}.`);
  }
  if (connection) {
    connection.logLevel = level;
    return '{}';
  }
  if (!session) {
    throw new Fault(
      'invalid_params',
      'Without a session no level can be kept: send the Mcp-Session-Id that initialize was answered with.',
    );
  }
  await states.setLogLevel(caller, session, level);
  return '{}';
};
