-- One payment in one call; payment_function.sql holds the function.
\set drawer random(1, :drawers)
\set account random(1, :accounts)
\set amount random(1000, 5000)
SELECT floor_payment(:drawer, :account, :amount);
