import type { Vocabulary } from 'aboveboard';
import { type CodedError, codeOf, defineErrors } from 'aboveboard/errors';
import { feedbackHandler, open } from 'aboveboard/node';

type ErrorCode = 'ACME_CONFIG_MISSING' | 'ACME_DISK_FULL';
const errorCodes: readonly ErrorCode[] = ['ACME_CONFIG_MISSING', 'ACME_DISK_FULL'];
const errors = defineErrors(errorCodes, {
  ACME_CONFIG_MISSING: 'no {file} was found in {folder}',
  ACME_DISK_FULL: 'the disk {{is}} full',
});
const missing: CodedError<'ACME_CONFIG_MISSING'> = errors.ACME_CONFIG_MISSING({ file: 'acme.toml', folder: '.' });
errors.ACME_DISK_FULL();
errors.ACME_DISK_FULL({}, { cause: missing });
const code: ErrorCode | undefined = codeOf(missing, errorCodes);
code satisfies string | undefined;

const telemetry = open({ vocabulary: {} as Vocabulary<object, ErrorCode>, version: '1.4.2' });
if (code) telemetry.error(code);
feedbackHandler({ tool: { vocabulary: {} as Vocabulary<object, ErrorCode>, version: '1.4.2' }, telemetry });
