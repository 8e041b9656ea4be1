/** The names of the rules, in the order in which they are tried; those of other SDKs where they mean the same. */

/** The name of each rule, by its position in the table of `consent.ts`. */
export const RULES = [
  'prop_off',
  'do_not_track',
  'tool_disabled',
  'tool_variable_off',
  'global_privacy_control',
  'automated',
  'not_development',
  'ended',
  'tool_variable_on',
  'default_off',
  'default_on',
  'notice_due',
  'unattended',
] as const;
