/**
 * What `acme-ui` may say about its use. Generated from its catalogue by `aboveboard catalog generate --typescript`;
 * change the catalogue instead.
 */

import type { About, Version, Vocabulary } from 'aboveboard';
import { type ErrorCode, errorCodes } from './errors.gen.js';

/** Which components are used, and which of their props? */
export interface ComponentMounted {
  /** The component. */
  component?: 'Calendar' | 'Chart' | 'SignIn' | 'Table' | 'other';
  /** Whether the prop `appearance` was given, never its value. */
  appearance?: boolean;
  /** Whether the prop `onSelect` was given. */
  on_select?: boolean;
}

/** Which functions would a change break? */
export interface MethodCalled {
  /** The function. */
  method?: 'exportTable' | 'openSignIn' | 'useSession' | 'other';
  /** How long it took, in ms. */
  duration?: number;
}

/** Which frameworks, and which of their versions, must the components work with? */
export interface FrameworkFound {
  /** The framework. */
  framework?: 'nextjs' | 'other';
  /** Which of its routers. */
  router?: 'app' | 'pages' | 'other';
  /** Its version. */
  framework_version?: Version | undefined;
}

/** Which errors do developers meet most? */
export interface ErrorShown {
  /** The code of the error, without its text. */
  code?: ErrorCode;
}

/** Which error texts help? */
export interface FeedbackGiven {
  /** The code of the error. */
  code?: ErrorCode;
  /** Whether the text helped. */
  helpful?: boolean;
  /** Why it did not. */
  reason?: 'fix_did_not_work' | 'message_unclear' | 'not_my_code' | 'wrong_cause' | 'other';
  /** Where the question was asked. */
  surface?: 'docs' | 'overlay' | 'terminal' | 'other';
}

/** What Acme UI may say, by the name of the event. */
export interface AcmeUiEvents {
  component_mounted: ComponentMounted;
  method_called: MethodCalled;
  framework_found: FrameworkFound;
  error_shown: ErrorShown;
  feedback_given: FeedbackGiven;
}

/** What Acme UI may say: enough to record, check and send it. */
export const acmeUi: Vocabulary<AcmeUiEvents, ErrorCode> = {
  tool: 'acme-ui',
  endpoint: 'https://telemetry.acme.example',
  hash: '2918cc8b',
  mode: 'on',
  identity: 'none',
  sensitivity: 'feedback',
  origin: { version: { version: true }, react: { version: true }, one_in: { choice: ['10', '100'] } },
  events: {
    component_mounted: {
      component: { choice: ['Calendar', 'Chart', 'SignIn', 'Table'] },
      appearance: { flag: true },
      on_select: { flag: true },
    },
    method_called: {
      method: { choice: ['exportTable', 'openSignIn', 'useSession'] },
      duration: { unit: 'ms', log: 0.05, min: 1, max: 60000 },
    },
    framework_found: {
      framework: { choice: ['nextjs'] },
      router: { choice: ['app', 'pages'] },
      framework_version: { version: true },
    },
    error_shown: { code: { code: errorCodes, strict: true } },
    feedback_given: {
      code: { code: errorCodes, strict: true },
      helpful: { flag: true },
      reason: { choice: ['fix_did_not_work', 'message_unclear', 'not_my_code', 'wrong_cause'] },
      surface: { choice: ['docs', 'overlay', 'terminal'] },
    },
  },
  errors: { codes: errorCodes, shown: 'error_shown', vote: 'feedback_given', docs: 'https://acme.example/ui/errors/' },
};

/** What people are told about it. Only what talks to people needs this. */
export const acmeUiAbout: About = {
  title: 'Acme UI',
  controller: 'Acme Ltd, 1 Example Street, Exampletown',
  contact: 'privacy@acme.example',
  retentionDays: 400,
  links: [['docs', 'https://acme.example/ui/telemetry']],
  origin: {
    version: 'the version of Acme UI',
    react: 'the version of React',
    one_in: 'the event comes from one in so many browsers, so that counts can be weighted; one in one when absent',
  },
  events: {
    component_mounted: {
      question: 'Which components are used, and which of their props?',
      owner: 'the component team',
      review: 'https://acme.example/reviews/11',
      since: '2026-11-01',
      sensitivity: 'interaction',
      fields: {
        component: 'the component',
        appearance: 'whether the prop `appearance` was given, never its value',
        on_select: 'whether the prop `onSelect` was given',
      },
    },
    method_called: {
      question: 'Which functions would a change break?',
      owner: 'the component team',
      review: 'https://acme.example/reviews/12',
      since: '2026-11-01',
      sensitivity: 'interaction',
      fields: { method: 'the function', duration: 'how long it took' },
    },
    framework_found: {
      question: 'Which frameworks, and which of their versions, must the components work with?',
      owner: 'the component team',
      review: 'https://acme.example/reviews/13',
      since: '2026-11-01',
      sensitivity: 'technical',
      fields: { framework: 'the framework', router: 'which of its routers', framework_version: 'its version' },
    },
    error_shown: {
      question: 'Which errors do developers meet most?',
      owner: 'the component team',
      review: 'https://acme.example/reviews/14',
      since: '2026-11-22',
      sensitivity: 'technical',
      fields: { code: 'the code of the error, without its text' },
    },
    feedback_given: {
      question: 'Which error texts help?',
      owner: 'the component team',
      review: 'https://acme.example/reviews/15',
      since: '2026-11-22',
      sensitivity: 'feedback',
      fields: {
        code: 'the code of the error',
        helpful: 'whether the text helped',
        reason: 'why it did not',
        surface: 'where the question was asked',
      },
    },
  },
};
