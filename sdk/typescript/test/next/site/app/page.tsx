import { Table } from '../library';

export default function Page() {
  return <Table appearance={{ theme: 'dark' }}>of the app router</Table>;
}
