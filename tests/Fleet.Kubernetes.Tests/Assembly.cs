// Some of these tests start several processes; two at a time would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
