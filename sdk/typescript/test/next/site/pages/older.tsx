import { AcmeProvider, Table } from '../library';

export default function Older() {
  return (
    <AcmeProvider>
      <Table>of the pages router</Table>
    </AcmeProvider>
  );
}
