import { AppError } from '#lib/db/app-error.ts';
export const later = (): never => {
  throw new AppError('unavailable', 'This call is not served yet.');
};
