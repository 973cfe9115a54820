"""A client in another language: knows nothing but the public protos.

Usage: client.py PORT_BASE. Signs in, opens an account, takes a payment and reads the feed; then opens accounts and pays at
once, and looks at the books one and two services away, which must be behind what the client was told.
"""

import sys
import uuid

import grpc
from reeve.account.v1 import (account_service_pb2, account_service_pb2_grpc, customer_service_pb2, customer_service_pb2_grpc,
                              history_service_pb2, history_service_pb2_grpc, premise_service_pb2, premise_service_pb2_grpc,
                              types_pb2)
from reeve.billing.v1 import receivable_service_pb2, receivable_service_pb2_grpc
from reeve.feed.v1 import feed_service_pb2, feed_service_pb2_grpc
from reeve.identity.v1 import session_service_pb2, session_service_pb2_grpc
from reeve.payment.v1 import (drawer_service_pb2, drawer_service_pb2_grpc, events_pb2, payment_service_pb2,
                              payment_service_pb2_grpc)
from reeve.payment.v1 import types_pb2 as payment_types_pb2

PORTS = {"identity": 1, "account": 2, "billing": 3, "payment": 4}
DEADLINE = 10  # seconds
ROUNDS = 30


class Person:
    """Somebody who has signed in."""

    def __init__(self, channels, login):
        request = session_service_pb2.SignInRequest(login=login, password=f"{login}-of-the-demo-city")
        stub = session_service_pb2_grpc.SessionServiceStub(channels["identity"])
        self.token = stub.SignIn(request, timeout=DEADLINE).session_token

    def call(self, method, request):
        if "request_id" in request.DESCRIPTOR.fields_by_name:
            request.request_id = uuid.uuid4().hex
        return method(request, timeout=DEADLINE, metadata=[("authorization", f"Bearer {self.token}")])


def open_account(channels, steward, clerk):
    address = types_pb2.Address(street="1 Python Way", city="Provo", region="UT", postal_code="84601")
    premise = steward.call(
        premise_service_pb2_grpc.PremiseServiceStub(channels["account"]).CreatePremise,
        premise_service_pb2.CreatePremiseRequest(premise=premise_service_pb2.Premise(
            address=address, customer_class=types_pb2.CUSTOMER_CLASS_RESIDENTIAL, cycle=9,
            service_points=[premise_service_pb2.ServicePoint(
                service_point_no=1, service="storm", schedule_code="D1", quantity_thousandths=1000,
                supply=premise_service_pb2.SUPPLY_ON)])))
    customer = clerk.call(
        customer_service_pb2_grpc.CustomerServiceStub(channels["account"]).CreateCustomer,
        customer_service_pb2.CreateCustomerRequest(details=customer_service_pb2.CustomerDetails(
            kind=customer_service_pb2.CUSTOMER_KIND_PERSON, name="Guido Ejemplo", language="es", mailing_address=address,
            verification=customer_service_pb2.VERIFICATION_UNVERIFIED)))
    return clerk.call(
        account_service_pb2_grpc.AccountServiceStub(channels["account"]).OpenAccount,
        account_service_pb2.OpenAccountRequest(
            customer_id=customer.customer_id, premise_id=premise.premise_id, services=["storm"], wanted_date="2026-11-23"))


def pay_by_check(channels, cashier, account, amount_cents):
    check = payment_service_pb2.Tender(kind=payment_types_pb2.TENDER_KIND_CHECK, amount_cents=amount_cents, check_number="17",
                                       bank_last4="0001")
    return cashier.call(
        payment_service_pb2_grpc.PaymentServiceStub(channels["payment"]).TakePayment,
        payment_service_pb2.TakePaymentRequest(
            drawer_id=2, account_id=account.account_id, amount_cents=amount_cents, tenders=[check]))


def read_own_writes(channels, steward, clerk, cashier):
    """The account, and two payments on it, are on their way to billing at the same time; account hears of them by billing."""
    account = open_account(channels, steward, clerk)
    pay_by_check(channels, cashier, account, 2000)
    last = pay_by_check(channels, cashier, account, 500)
    balance = clerk.call(
        receivable_service_pb2_grpc.ReceivableServiceStub(channels["billing"]).GetBalance,
        receivable_service_pb2.GetBalanceRequest(
            account_id=account.account_id, at_least=f"{account.feed_token},{last.feed_token}"))
    assert balance.credit_cents == 2500, balance
    history = clerk.call(
        history_service_pb2_grpc.HistoryServiceStub(channels["account"]).GetPaymentHistory,
        history_service_pb2.GetPaymentHistoryRequest(
            customer_id=account.customer.customer_id, at_least=last.feed_token))
    assert [len(record.payments) for record in history.records] == [2], history


def take_payment(channels, cashier, account):
    drawers = drawer_service_pb2_grpc.DrawerServiceStub(channels["payment"])
    cashier.call(drawers.OpenDrawer, drawer_service_pb2.OpenDrawerRequest(drawer_id=2))
    cash = payment_types_pb2.CashCount(denomination_cents=2000, count=1)
    return cashier.call(
        payment_service_pb2_grpc.PaymentServiceStub(channels["payment"]).TakePayment,
        payment_service_pb2.TakePaymentRequest(
            drawer_id=2, account_id=account.account_id, amount_cents=2000,
            tenders=[payment_service_pb2.Tender(kind=payment_types_pb2.TENDER_KIND_CASH, amount_cents=2000, cash=[cash])]))


def read_feed(channels, auditor, resume_token, until):
    """Payment ids behind the token, up to the one wanted; and the token to go on from."""
    stub = feed_service_pb2_grpc.FeedServiceStub(channels["payment"])
    stream = stub.Watch(
        feed_service_pb2.WatchRequest(resume_token=resume_token, types=["reeve.payment.v1.PaymentTaken"]),
        timeout=DEADLINE, metadata=[("authorization", f"Bearer {auditor.token}")])
    seen = []
    for response in stream:
        seen += [events_pb2.PaymentTaken.FromString(event.payload).payment_id for event in response.events]
        resume_token = response.resume_token
        if until in seen:
            break
    stream.cancel()
    return seen, resume_token


def main(port_base):
    channels = {service: grpc.insecure_channel(f"127.0.0.1:{port_base + port}") for service, port in PORTS.items()}
    steward, clerk, cashier, auditor = (Person(channels, login) for login in ("pia", "ben", "maria", "ada"))

    account = open_account(channels, steward, clerk)
    first = take_payment(channels, cashier, account)
    assert first.amount_cents == 2000 and first.receipt_no == 1, first
    seen, token = read_feed(channels, auditor, "", first.payment_id)
    assert len(seen) == len(set(seen)), "an event came twice"

    second = pay_by_check(channels, cashier, account, 500)
    after, _ = read_feed(channels, auditor, token, second.payment_id)
    assert after == [second.payment_id], f"resumed behind the token, but read {after}"

    balance = clerk.call(
        receivable_service_pb2_grpc.ReceivableServiceStub(channels["billing"]).GetBalance,
        receivable_service_pb2.GetBalanceRequest(
            account_id=account.account_id, at_least=f"{account.feed_token},{second.feed_token}"))
    assert balance.credit_cents == 2500, balance
    print(f"account {account.account_id}: receipts {first.payment_id}, {second.payment_id}; credit 25.00 in billing")

    for _ in range(ROUNDS):
        read_own_writes(channels, steward, clerk, cashier)
    print(f"{ROUNDS} times: what was paid is in the balance at billing and in the history at account")


if __name__ == "__main__":
    main(int(sys.argv[1]))
