export function WorkersPage(_: { name?: string }) { return <h1>Workers</h1> }
