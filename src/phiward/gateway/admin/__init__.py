"""The admin API: people, access and its report, under /admin/v1."""
