"""Bodies of requests and answers of the work list."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from chassis.web import Model, Text, VisibleSingleLine
from orders.checkout import HistoryEntry, Order, StaffOrderView
from orders.checkout import OrderDetail as OrderWithHistory
from orders.fields import OrderId, When
from orders.worklist.api.filters import OrderFilters, Tag, usable
from orders.worklist.domain.tags import MOST as MOST_TAGS
from orders.worklist.store.notes import Note
from orders.worklist.store.pages import FoundOrder
from orders.worklist.store.views import View
from orders.worklist.usecases.edit_orders import Edit, Edited, Outcome

AT_ONCE = 100


class ListedOrder(StaffOrderView):
    """An order of the work list."""

    tags: list[str] = Field(description="By name", examples=[["gift"]])

    @classmethod
    def found(cls, each: FoundOrder) -> Self:
        """The API's form of an order that was found."""
        return cls.model_validate(StaffOrderView.of(each.order).model_dump() | {"tags": each.tags})


class NoteView(Model):
    """A note of staff."""

    id: UUID
    body: str = Field(description="What it says", examples=["Rang twice, nobody answered."])
    author: UUID = Field(description="The account that wrote it")
    written_at: datetime = Field(description="When, in UTC")

    @classmethod
    def of(cls, note: Note) -> Self:
        """The API's form of a note."""
        return cls.model_validate(note, from_attributes=True)


class NewNote(Model):
    """A note that is to be written."""

    body: Annotated[Text, Field(max_length=2_000)] = Field(
        description="Plain text; customers never see it", examples=["Rang twice, nobody answered."]
    )


class OrderDetail(OrderWithHistory):
    """With its history and notes, oldest first."""

    tags: list[str] = Field(description="By name", examples=[["gift"]])
    notes: list[NoteView] = Field(description="Of staff, 100 at most")

    @classmethod
    def shown(cls, order: Order, history: list[HistoryEntry], notes: list[Note], tags: list[str]) -> Self:
        """The API's form of an order with all that belongs to it."""
        whole = OrderWithHistory.whole(order, history).model_dump()
        return cls.model_validate(whole | {"notes": [NoteView.of(note).model_dump() for note in notes], "tags": tags})


class OrderTags(Model):
    """The tags that orders have."""

    items: list[str] = Field(description="By name, 1,000 at most", examples=[["gift", "vip"]])


class OrderEdits(Model):
    """What is to be done to several orders, each once. A tag that is to be added and removed is removed."""

    order_ids: Annotated[list[OrderId], Field(min_length=1, max_length=AT_ONCE)] = Field(
        description="100 at most; one that is named twice is edited once"
    )
    add_tags: Annotated[list[Tag], Field(max_length=MOST_TAGS)] = Field(
        default=[], description="In small letters afterwards", examples=[["gift"]]
    )
    remove_tags: Annotated[list[Tag], Field(max_length=MOST_TAGS)] = Field(
        default=[], description="Those that it has not are passed over", examples=[[]]
    )
    archived: Annotated[bool | None, Field(strict=True)] = Field(
        default=None, description="Whether it is to be put away; null: that stays as it is", examples=[True]
    )
    preview: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="Only say what would become of them", examples=[False]
    )

    @property
    def edit(self) -> Edit:
        """As the use case has it."""
        return Edit(self.add_tags, self.remove_tags, self.archived)


class EditedOrder(Model):
    """What became of an order, or would become. One that is refused stays as it is."""

    order_id: OrderId
    outcome: Outcome = Field(description="What was done", examples=["changed"])
    number: str | None = Field(description="For people; null where there is no such order", examples=["M-7F3K9Q"])
    tags: list[str] = Field(description="Those of the order afterwards; empty where it was refused", examples=[[]])
    archived: bool | None = Field(description="Whether it is put away afterwards", examples=[True])
    problem: str | None = Field(description="Why it was refused: the type of a problem", examples=[None])

    @classmethod
    def of(cls, edited: Edited) -> Self:
        """The API's form of a result."""
        return cls.model_validate(edited, from_attributes=True)


class EditedOrders(Model):
    """One for each order that was named, in order of their ids."""

    items: list[EditedOrder]


class NewView(Model):
    """A view that is to be saved."""

    title: Annotated[VisibleSingleLine, Field(max_length=60, description="For people", examples=["To be sent today"])]
    filters: OrderFilters = Field(description="As the list of orders takes them", examples=[{"life": ["open"]}])
    shared: Annotated[bool, Field(strict=True, description="Whether all staff see it", examples=[False])] = False


class ViewChange(NewView):
    """What a view is to be."""

    version: Annotated[int, Field(strict=True, ge=1, le=2**31 - 1, description="As it was read", examples=[1])]


class SavedView(Model):
    """A saved view. Filters that the list takes no more, or not so, are named in `outdated` and left out."""

    id: UUID
    title: str = Field(description="For people", examples=["To be sent today"])
    owner: UUID = Field(description="The account that made it")
    shared: bool = Field(description="Whether all staff see it", examples=[False])
    filters: dict[str, Any] = Field(description="Parameters of the list of orders", examples=[{"life": ["open"]}])
    outdated: list[str] = Field(description="Filters that are no more", examples=[[]])
    version: int = Field(description="Counts its changes", examples=[1])
    created_at: When
    updated_at: When

    @classmethod
    def of(cls, view: View) -> Self:
        """The API's form of a view."""
        filters, outdated = usable(view.filters)
        fields = {name: getattr(view, name) for name in cls.model_fields if name not in {"filters", "outdated"}}
        return cls(**fields, filters=filters, outdated=outdated)
